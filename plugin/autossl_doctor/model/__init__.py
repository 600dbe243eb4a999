"""The words of the product: frozen records that every room shares, with no input or output of their own."""
