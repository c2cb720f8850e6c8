"""Deliveries to Adobe Experience Manager Assets.

Files go by direct binary upload, or by the create-asset servlet where an instance has no such upload; metadata goes by
Sling's POST servlet, as that alone writes dates and lists as what they are. docs/delivery.md names the pages.
"""
