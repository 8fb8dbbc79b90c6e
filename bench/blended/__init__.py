"""A burst of calls to the 0800 line while its agents dial: with and without blending guards."""
