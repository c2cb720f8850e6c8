"""Drawing with diffusers: what the handler in `models.diffusers_handler` is made of."""
