"""HTTP that is bounded in time and bytes, and careful about where a credential goes.

It knows neither model cards nor drawings: vendors' APIs (`models.remote`) and the hub of weights (`models.registry`)
are built on it.
"""
