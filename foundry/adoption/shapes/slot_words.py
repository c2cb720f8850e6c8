"""Words, ratios and shapes by which people name placements."""

from __future__ import annotations

PREFERRED = (
    "meta/feed-square", "meta/feed-portrait", "meta/story", "pinterest/pin", "web/hero", "google/landscape",
    "email/banner", "email/hero",
    "dooh/bulletin", "google/medium-rectangle", "google/leaderboard", "google/billboard", "google/half-page",
    "iab/smartphone-banner", "dooh/classic",
    "instagram/feed-square", "instagram/feed-portrait", "instagram/story", "instagram/story-film",
    "meta/feed-film-square", "meta/feed-film", "meta/story-film", "youtube/in-stream", "pinterest/pin-film",
)  # fmt: skip
"""The placements that stand for a ratio, a size or a shape where no channel is named; the first that fits is taken."""
CHANNELS: dict[str, str] = {
    "instagram": r"instagram|insta|\big\b|インスタグラム|インスタ",
    "meta": r"facebook|\bfb\b|\bmeta\b|フェイスブック|脸书|臉書",
    "google": r"google|\bgdn\b|demand ?gen|performance ?max|\bpmax\b|グーグル|谷歌",
    "youtube": r"you ?tube|\byt\b|ユーチューブ",
    "linkedin": r"linked ?in|リンクトイン|领英",
    "pinterest": r"pinterest|\bpins?\b|ピンタレスト",
    "snap": r"snapchat|\bsnap\b",
    "tiktok": r"tik ?tok|ティックトック|抖音",
    "x": r"\btwitter\b|^x$|\bx(?:/| \()?twitter|ツイッター|\bx (?:post|ads?|feed|image)\b|^x[ /-]",
    "amazon": r"amazon|\bdsp\b|アマゾン|亚马逊",
    "iab": r"\biab\b",
    "email": r"e-?mail|newsletter|\bcrm\b|メール|メルマガ|邮件|電子報|correo|courriel",
    "dooh": r"\bd?ooh\b|out[- ]of[- ]home|digital signage|\bscreens?\b|デジタルサイネージ|屋外広告|户外|außenwerbung|"
    r"affichage dynamique",
    "print": r"\bprint\b|\bflyers?\b|\bposter\b|\bplakat|\ba[34]\b|magazine|printanzeige|anzeige|チラシ|ポスター|"
    r"印刷|海报|"
    r"affiche|folleto|cartel",
    "tv": r"\btv\b|\bctv\b|television|fernseh|テレビ|电视|télévision",
    "web": r"\bweb ?site\b|\bweb\b|landing ?page|home ?page|webseite|startseite|site web|sitio web|ウェブ|サイト|"
    r"网站|官网",
}
SLOTS: dict[str, str] = {
    "story": r"stor(?:y|ies)|status|ストーリーズ?|故事|快拍|historias?",
    "reels": r"\breels?\b|リール",
    "shorts": r"\bshorts?\b|ショート",
    "thumbnail": r"thumb ?nails?|サムネイル|缩略图|vorschaubild|vignette",
    "link": r"\blinks?\b|リンク",
    "large-leaderboard": r"(?:super|large|big) ?leader ?board",
    "leaderboard": r"leader ?board|superbanner",
    "billboard": r"bill ?board|ビルボード",
    "medium-rectangle": r"\bmpu\b|\bmrec\b|medium ?rect(?:angle)?|\brectangle\b|レクタングル",
    "half-page": r"half ?page|\bdouble mpu\b|halbseit",
    "wide-skyscraper": r"(?:wide )?sky ?scraper|スカイスクレイパー",
    "smartphone-banner": r"mobile ?(?:leader ?board|banner)|smartphone ?banner|mobile sticky",
    "interstitial": r"interstitial",
    "hero": r"\bhero\b|ヒーロー|\bheader\b|kopfbild|キービジュアル",
    "banner": r"\bbanners?\b|バナー|横幅|bannière",
    "card": r"\bcards?\b|teaser|\btile\b|kachel",
    "share": r"\bog[: ]image|open ?graph|share image|link preview",
    "sponsored-image": r"sponsored",
    "app": r"\bapps?\b|\buac\b",
    "demand-gen": r"demand ?gen|discovery",
    "streaming-tv": r"streaming",
    "prime-video": r"prime ?video",
    "bumper": r"\bbumper\b",
    "in-stream": r"in-?stream|pre-?roll|skippable",
    "a4-flyer": r"\ba4\b|flyers?|チラシ|folleto",
    "a3-poster": r"\ba3\b|posters?|plakat|ポスター|海报|affiche|cartel",
    "letter-flyer": r"us letter|\bletter\b",
    "half-page-ad": r"half[- ]page ad|halbseitige anzeige",
    "bulletin": r"bulletin",
    "feed": r"\bfeeds?\b|\bposts?\b|timeline|\bbeitrag\b|フィード|投稿|publicaci[oó]n|carousels?|karussell|"
    r"collection|動態|"
    r"信息流|帖子",
}
SHAPES: dict[str, str] = {
    "square": r"squares?\b|quadrat|carré|cuadrad[oa]|quadrad[oa]|正方形|スクエア|方形",
    "portrait": r"portrait|hochformat|縦長|竖版|豎版|retrato",
    "story": r"vertical|full ?screen|tall\b|縦型|hochkant|senkrecht",
    "landscape": r"landscape|horizontal|wide ?screen|querformat|paysage|横長|横型|横版|paisaje|paisagem",
}
GROUPS: dict[str, str] = {
    "social": r"social(?: media)?(?: ads?| posts?| feeds?)?|all social|soziale (?:medien|netzwerke)|réseaux sociaux|"
    r"redes sociales|redes sociais|sns|社交媒体|社群",
    "display": r"(?:programmatic )?display(?: ads?| banners?| network)?|banners?|banner ads|bannerwerbung|"
    r"ディスプレイ広告?|"
    r"展示广告",
    "video": r"videos?|films?|moving image|bewegtbild|動画広告?|视频广告?",
    "everything": r"everything|all(?: placements| formats| channels)?|alle(?: formate)?|tous(?: les formats)?|todos|"
    r"すべて|全部",
}
STANDARD_RATIOS = (
    "1:1",
    "4:5",
    "9:16",
    "16:9",
    "1.91:1",
    "2:3",
    "4:3",
    "3:4",
    "3:2",
    "2:1",
    "3:1",
    "21:9",
    "5:4",
    "1:1.91",
    "3.5:1",
    "1:2",
    "6:5",
)
RATIOS = {
    "1:1": "meta/feed-square", "4:5": "meta/feed-portrait", "9:16": "meta/story", "2:3": "pinterest/pin",
    "16:9": "web/hero",
    "1.91:1": "google/landscape", "1:1.91": "linkedin/vertical", "2:1": "email/hero", "3:1": "email/banner",
    "3.5:1": "dooh/bulletin", "4:3": "dooh/classic",
}  # fmt: skip
FILM_RATIOS = {
    "1:1": "meta/feed-film-square", "4:5": "meta/feed-film", "9:16": "meta/story-film", "2:3": "pinterest/pin-film",
    "16:9": "youtube/in-stream",
}  # fmt: skip
NEAREST = {"3:4": "4:5", "5:4": "1:1", "3:2": "16:9", "21:9": "16:9", "1:2": "9:16"}
OF_A_CHANNEL: dict[str, tuple[str, ...]] = {
    "google": (
        "google/landscape", "google/square", "google/leaderboard", "google/billboard", "google/medium-rectangle",
        "google/half-page",
    ),
    "email": ("email/hero",), "dooh": ("dooh/landscape", "dooh/portrait"), "print": ("print/a4-flyer",),
    "web": ("web/hero",),
    "youtube": ("youtube/thumbnail",), "tiktok": ("tiktok/in-feed",), "tv": ("tv/spot-20",),
    "linkedin": ("linkedin/landscape", "linkedin/square"),
    "amazon": ("amazon/medium-rectangle", "amazon/leaderboard", "amazon/half-page",
        "amazon/billboard", "amazon/mobile-banner"),
}  # fmt: skip
"""The placements that a channel's name alone stands for; of other channels, all that do not move."""
