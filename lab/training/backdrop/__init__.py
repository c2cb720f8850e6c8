"""The training of the embedded backdrop model: data, tokenizer, codes, decoder, denoiser, export."""
