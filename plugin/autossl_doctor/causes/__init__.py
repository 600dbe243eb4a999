"""One folder for each cause that the doctor tells apart."""
