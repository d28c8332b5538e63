"""Hyper-parameter search: space, fold tasks, the study on Dask."""
