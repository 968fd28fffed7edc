"""A small neural edit tagger that proposes a second pass of OCR corrections, one edit per character.

It is trained with torch (``clean-news model train-ocr``) and runs in NumPy.
"""
