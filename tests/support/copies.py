"""Copy as a writer in each demo locale would hand it in: (headline, subheadline, small print)."""

from __future__ import annotations

# ruff: noqa: E501
COPIES = {
    "en-US": (
        "Wake up radiant, every single morning",
        "Radiance Serum with 15% vitamin C: a quiet ritual for luminous, even-toned skin.",
        "Offer valid through May 31, 2027, while supplies last. Prices from $48.00 plus tax; free shipping on orders over $60 (continental U.S. only).",
    ),
    "de-DE": (
        "Strahlend in den Tag – jeden Morgen",
        "Feuchtigkeitsspendendes Gesichtsserum mit 15 % Vitamin C, dermatologisch geprüft.",
        "Unverbindliche Preisempfehlung 1.245,00 €. Nur solange der Vorrat reicht; Versandkostenfreiheit ab 60 € Mindestbestellwert bis 31. Mai 2027.",
    ),
    "fr-FR": (
        "Un éveil lumineux : chaque matin !",
        "« Radiance », le sérum à 15 % de vitamine C, pour une peau éclatante et apaisée.",
        "Offre valable jusqu’au 31 mai 2027, dans la limite des stocks disponibles. Prix conseillé : 1 245,00 € TTC ; livraison offerte dès 60 € d’achat.",
    ),
    "es-ES": (
        "Despierta radiante, ¡cada mañana!",
        "Sérum con un 15 % de vitamina C: un ritual sereno para una piel luminosa.",
        "Oferta válida hasta el 31 de mayo de 2027 o hasta agotar existencias. Precio recomendado: 45,00 €, impuestos incluidos.",
    ),
    "it-IT": (
        "Un risveglio luminoso, ogni mattina",
        "Siero con il 15% di vitamina C: un rituale quotidiano per una pelle radiosa.",
        "Offerta valida fino al 31 maggio 2027, salvo esaurimento scorte. Prezzo consigliato 45,00 €; spedizione gratuita per ordini superiori a 60 €.",
    ),
    "pt-BR": (
        "Acorde radiante todas as manhãs",
        "Sérum com 15% de vitamina C: um ritual tranquilo para uma pele luminosa.",
        "Promoção válida até 31 de maio de 2027 ou enquanto durarem os estoques. De R$ 249,90 por R$ 199,90 à vista.",
    ),
    "pl-PL": (
        "Promienny poranek, w zgodzie z naturą",
        "Serum z 15% witaminy C: spokojny rytuał dla skóry promiennej i ukojonej.",
        "Oferta ważna do 31 maja 2027 r. lub do wyczerpania zapasów. Cena od 199,00 zł; dostawa gratis przy zamówieniu o wartości powyżej 250 zł.",
    ),
    "ar-EG": (
        "استيقظي بإشراقة كل صباح",
        "سيروم Radiance بتركيز 15% من فيتامين C: طقس هادئ لبشرة مضيئة.",
        "العرض ساري حتى 31 مايو 2027 أو حتى نفاد الكمية. السعر ٢٬٣٠٠ ج.م (شامل الضريبة)؛ للاستفسار: 19123 أو www.aurelle.example",
    ),
    "he-IL": (
        "להתעורר לעור זוהר, בכל בוקר",
        "סרום Radiance עם 15% ויטמין C: טקס שקט לעור קורן.",
        "המבצע בתוקף עד 31.5.2027 או עד גמר המלאי. מחיר: 149 ₪ (כולל מע״מ); מוקד שירות: 03-555-0123.",
    ),
    "hi-IN": (
        "हर सुबह दमकती त्वचा के साथ जागें",
        "15% विटामिन C वाला रेडिएंस सीरम: चमकदार त्वचा के लिए एक शांत दिनचर्या।",
        "ऑफ़र 31 मई 2027 तक या स्टॉक रहने तक मान्य है। कीमत ₹3,900 से शुरू (सभी कर सहित); नियम व शर्तें लागू।",
    ),
    "th-TH": (
        "ตื่นมาพร้อมผิวเปล่งปลั่งทุกเช้า",
        "เซรั่มวิตามินซี 15% สูตรอ่อนโยน เพื่อผิวกระจ่างใสอย่างเป็นธรรมชาติ",
        "ข้อเสนอพิเศษถึงวันที่ 31 พฤษภาคม 2570 หรือจนกว่าสินค้าจะหมด ราคาเริ่มต้น 1,590 บาท (รวมภาษีมูลค่าเพิ่มแล้ว) เงื่อนไขเป็นไปตามที่บริษัทกำหนด",
    ),
    "zh-CN": (
        "每天清晨，唤醒肌肤的自然光彩",
        "含15%维生素C的焕亮精华：温和呵护，让肌肤透出“由内而外”的光泽。",
        "优惠有效期至2027年5月31日，售完即止。建议零售价￥398起（含税）；满￥299包邮，部分地区除外。",
    ),
    "ja-JP": (
        "目覚めるたび、輝く素肌へ",
        "ビタミンCを15％配合した美容液で、朝の肌に静かなうるおいを。",
        "2027年5月31日まで、なくなり次第終了いたします。希望小売価格は6,800円（税込）から。5,000円以上のご購入で送料無料（一部地域を除く）。",
    ),
    "ko-KR": (
        "매일 아침, 빛나는 피부로 깨어나세요",
        "비타민 C 15%를 담은 래디언스 세럼으로 맑고 촉촉한 피부를 가꾸는 시간.",
        "2027년 5월 31일까지, 재고 소진 시 조기 종료됩니다. 권장 소비자가 62,000원부터(부가세 포함), 5만 원 이상 구매 시 무료 배송.",
    ),
}
