"""Drawing with diffusers: the handler in `models.diffusion.handler`, and its parts."""
