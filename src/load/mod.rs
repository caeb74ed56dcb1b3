//! Conformed rows → current rows of the fact: new members, difference, COPY BINARY, one transaction per delivery.
