"""Share cards: the words on a card, where they stand, and the picture; Pillow draws it."""

from generator.sharecards.drawing import draw
from generator.sharecards.words import Words, card_key, words_on

__all__ = ["Words", "card_key", "draw", "words_on"]
