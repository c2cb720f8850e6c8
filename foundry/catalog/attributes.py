"""The attributes of product feeds by the names of Google's specification, in which all kinds are judged.

The names are those of the Merchant Center product data specification; kinds of feeds that call them otherwise are
translated when they are read. Further columns are kept as `own.NAME` where a catalog asks for them.
"""

from __future__ import annotations

OWN = r"own\.[a-z0-9_]{1,50}"
ATTRIBUTES = (
    "id", "item_group_id", "title", "structured_title", "description", "structured_description", "link", "image_link",
    "additional_image_link", "lifestyle_image_link", "availability", "availability_date", "expiration_date", "price",
    "sale_price", "sale_price_effective_date", "cost_of_goods_sold", "quantity", "brand", "gtin", "mpn", "condition",
    "google_product_category", "product_type", "color", "size", "material", "pattern", "gender", "age_group",
    "custom_label_0", "custom_label_1", "custom_label_2", "custom_label_3", "custom_label_4",
)  # fmt: skip
"""All are text as it stands in the feed, one value for each row; a list, such as additional_image_link, is joined by
commas. `quantity` is Shopify's and Meta's count of pieces in stock."""
