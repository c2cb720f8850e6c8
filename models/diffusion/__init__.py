"""Drawing with diffusers: what the handler in `models.diffusion.handler` is made of."""
