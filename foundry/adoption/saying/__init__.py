"""Saying: claims become the strict brief, a draft of the tenant's file, decisions, questions and what is left.

Each module writes one part of the brief from the claims of its meanings, into one notebook.
"""

from foundry.adoption.saying.say import as_yaml, say
from foundry.adoption.saying.setting import Setting

__all__ = ["Setting", "as_yaml", "say"]
