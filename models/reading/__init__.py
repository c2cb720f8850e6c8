"""Optional help of a language model in the adoption of briefs: it proposes meanings for what the rules left open."""
