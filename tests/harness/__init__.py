"""What the black-box tests share: signed raw requests and the choice of nightly tests."""
