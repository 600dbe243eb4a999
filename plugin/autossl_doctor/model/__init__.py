"""The words of the product: frozen records that every room shares, with no input or output of their own.

Records that are made by the ten thousand are named tuples, the others frozen dataclasses (docs/decisions).
"""
