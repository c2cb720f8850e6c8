"""The prompt language of the embedded model: captions, colour words, vocabulary.

Imports foundry.
"""
