"""Everyday and clinical words for one thing, so that "my belly" is about the abdomen.

Only what the lexicon of concepts and the judge's groups of synonyms do not hold.
"""

import re
from functools import lru_cache

_GROUPS_TEXT = r"""
belly bell(?:y|ies) tummy stomach\w* abdom\w+ 肚子 肚 腹部? 胃部
urine pee\w* urin\w+ void\w* wee 小便 排尿 解小便 尿
stool poop\w* stools? bowels? (?:bowel )?movements? defecat\w+ 大便 排便 解大便
period periods? menstru\w+ menses 月经 例假 经期
vomit vomit\w* throw\w*\sup threw\sup thrown\sup puk\w+ emesis 呕吐 吐
fever fevers? febrile feverish (?:high|raised)\stemperature burning\sup 发烧 发热 高烧 低烧 体温高
tired tired\w* fatigue\w* exhaust\w+ worn\sout no\senergy lethargic 累 疲劳 疲倦 乏力 没力气 没劲
itch itch\w* prurit\w+ 瘙痒 发痒 痒
swell swell\w* swollen distend\w+ distension bloat\w* puffy edema\w* oedema\w* 浮肿 水肿 肿胀 肿
lump lumps? mass(?:es)? nodul\w+ bumps? 肿块 包块 疙瘩
rash rash\w* spots? papul\w+ macul\w+ lesions? breakouts? 皮疹 疹子 红点 斑
bruise bruis\w+ ecchymos\w+ 瘀青 淤青 瘀斑 淤斑
phlegm phlegm sputum mucus 痰
numb numb\w* tingl\w+ paresthes\w+ pins\sand\sneedles 麻木 发麻 麻
faint faint\w* pass(?:ed|es)?\sout black(?:ed)?\sout syncop\w+ los(?:t|ing|s\sof)\sconsciousness
faint 晕倒 昏倒 晕厥
dizzy dizz\w+ lightheaded\w* light-headed\w* vertigo 头晕 眩晕 头昏
sleepy sleepy sleepiness drows\w+ somnol\w+ 嗜睡 犯困
breath breath\w* dyspn\w+ winded 喘 呼吸 气短 气促
cough cough\w* 咳嗽 咳
pain pain\w* hurt\w* ache\w* aching sore\w* tender\w* 疼痛? 痛
smoke smok\w+ cigarettes? tobacco packs? 抽烟 吸烟 烟
alcohol alcohol\w* beers? wine liquor booze drinks? drinking 喝酒 饮酒 酒
drug drugs? medicines? medications? meds pills? tablets? 药物 药片 药
operation operat\w+ surg\w+ 手术 开刀
vaccine vaccin\w+ immuni[sz]\w+ shots? jabs? 疫苗 打针
mother mom mommy mum mother\w* maternal 妈妈 母亲 妈
father dad daddy father\w* paternal 爸爸 父亲 爸
child child\w* kids? bab(?:y|ies) infants? toddlers? sons? daughters? boys? girls? 孩子 宝宝 小孩
child 儿子 女儿 患儿 男孩 女孩 娃
spouse wi(?:fe|ves) husbands? partners? spouses? married 丈夫 妻子 老公 老婆 配偶
sibling siblings? brothers? sisters? 兄弟 姐妹 哥哥 弟弟 姐姐 妹妹
job jobs? work\w* occupation\w* employ\w+ 工作 职业 上班
eat eat\w* ate feed\w* fed appetite food meals? diet\w* 吃饭 进食 饮食 胃口 食欲 喂养 吃奶
sleep sleep\w* slept insomnia 睡眠 睡觉 失眠 睡
weight weigh\w* pounds? kilos? kg lbs? 体重 瘦
begin began begin\w* start\w* onset first\snoticed 开始 起病 出现
worse worse\w* aggravat\w+ exacerbat\w+ 加重 恶化 更严重 更厉害
better better improv\w+ reliev\w+ eas(?:e|es|ed|ing) 缓解 好转 减轻 好些
lately lately recent\w* 最近 近来
leg legs? lower\s(?:limb|extremit)\w* 下肢 腿
arm arms? upper\s(?:limb|extremit)\w* 上肢 胳膊 手臂
head heads? 头部 头
back backs? 背部? 后背 腰部?
throat throats? 咽喉? 嗓子 喉咙
eye eyes? sclera\w* vision visual\w* sight ocular 眼睛 眼 视力 视物
heart hearts? cardiac 心脏 心
kidney kidneys? renal 肾脏? 肾
liver livers? hepat\w+ 肝脏? 肝
lung lungs? pulmon\w+ 肺部? 肺
illness illness\w* (?:health|medical)\s(?:problems?|history|conditions?)
illness significant\shistory 病史 既往史 大病
unwell malaise unwell 不适 不舒服
sweat sweat\w* diaphore\w+ perspir\w+ 出汗 多汗 盗汗 冷汗
armpit armpits? axilla\w* 腋窝 腋下
burn burn\w* 灼热 灼痛 烧灼
skin skin\w* dermat\w+ 皮肤
sex sex\w* intercourse 性生活 性交 同房
mood mood\w* sad\w* depress\w+ down\sin\sthe\sdumps 情绪 心情 抑郁
suicide suicid\w+ end(?:ing)?\smy\slife kill(?:ing)?\smyself 自杀 轻生 不想活
travel travel\w* trips? abroad 旅行 出差 旅游
pregnant pregnan\w+ gestation\w* expecting 怀孕 妊娠 孕
birth birth\w* born deliver\w+ labou?r 出生 分娩 生产
accident accidents? injur\w+ trauma\w* 受伤 外伤 车祸
left left(?!\s(?:me|the|my|for|at|it|home|work)) 左
right right-sided right\s(?:side|hand|arm|leg|eye|ear|knee|hip|foot|shoulder|ankle)\w* 右
right right\s(?:breast|lower|upper|flank|wrist|elbow|thigh|calf|cheek|groin|chest)\w*
blood blood\w* bleed\w* bled hemorrhag\w+ haemorrhag\w+ 出血 流血 血
red red reddish redness erythema\w* 发红 红
black black\w* tarry melena 发黑 黑
yellow yellow\w* jaundice\w* icter\w+ 发黄 黄疸 黄
purple purpl\w+ blue bluish cyano\w+ 发紫 紫 青紫
weak weak\w* 无力
shake shak\w+ trembl\w+ tremor\w* 发抖 颤抖 震颤
fall f[ae]ll fallen falls 摔倒 跌倒 摔
"""


def _compiled() -> tuple[tuple[str, re.Pattern[str]], ...]:
    found = []
    for line in filter(None, map(str.strip, _GROUPS_TEXT.splitlines())):
        name, *patterns = line.split()
        latin = [p for p in patterns if p.isascii()]
        han = sorted((p for p in patterns if not p.isascii()), key=lambda p: -len(p))
        parts = ([rf"\b(?:{'|'.join(latin)})\b"] if latin else []) + han
        found.append((f"~{name}", re.compile("|".join(parts), re.IGNORECASE)))
    return tuple(found)


_GROUPS = _compiled()


@lru_cache(maxsize=16384)
def lay_terms(text: str) -> tuple[tuple[str, int, int], ...]:
    """The things that a text speaks of, with the offsets of the words that do."""
    return tuple(
        (name, match.start(), match.end())
        for name, pattern in _GROUPS
        for match in pattern.finditer(text)
        if match.end() > match.start()
    )
