"""The engines that run the flow: this process, Prism, Flink or Dataflow.

Imports foundry and infra.stack.
"""
