"""Where the flow runs: in this process, on Prism, Flink or Dataflow.

Imports foundry and infra.stack.
"""
