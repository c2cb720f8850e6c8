"""From a set file to a graph: shapes, materials, light and framing, each kind in a table by its name. No renderer."""
