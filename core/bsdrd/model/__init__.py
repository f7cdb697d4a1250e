"""The networks: frozen teachers, the wavelet transform, the two students, the loss and the map graph."""
