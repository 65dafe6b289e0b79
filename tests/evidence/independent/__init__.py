"""A second reader of the evidence, which follows the pages in docs/formats and the standards that they name.

It shares no code with the product nor with the maker of the refused vectors. What a page leaves open, this
cannot read: then the page must be mended.
"""
