REVOKE DELETE ON requests FROM octant_desk;
