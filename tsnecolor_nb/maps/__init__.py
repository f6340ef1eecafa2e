"""What needs the map as well as X: t-SNE, local contrast, local MDS, trust."""
