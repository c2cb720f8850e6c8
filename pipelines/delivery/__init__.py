"""Deliveries: which finished files go to which targets, their sending, their withdrawal, and the comparison of both."""
