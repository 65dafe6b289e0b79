module vitrine/bench/load

go 1.25
