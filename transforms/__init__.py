"""The stages of the flow, one module a stage, in the words of the flow."""
