"""The prompt language of the embedded model: captions, colour words, and the compiler from free words.

May import foundry.
"""
