// The prelude needs a file to be compiled with.
