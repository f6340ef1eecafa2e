"""Data larger than memory: folders of partitions, and Dask."""
