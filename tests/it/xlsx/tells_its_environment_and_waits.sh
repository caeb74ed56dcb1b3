#!/bin/sh
# A process that reads no workbook: for what the one that starts it gives it, and how long it waits.
env
exec sleep 600
