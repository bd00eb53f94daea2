-- What one trust asked another, and the reply, are erased after their time.
GRANT DELETE ON requests TO octant_desk;
