# ruff: noqa: E501
"""Wordings by which a doctor's act shows its kind: patterns only, English and Chinese."""

import re


def _cue(english: str, chinese: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{english})(?!\w)|{chinese}", re.IGNORECASE)


DEMAND = _cue(
    r"(?:ignore|disregard|forget|override|bypass) (?:\w+ ){0,4}(?:instructions?|rules?|prompts?|"
    r"guidelines?|above|role|persona|restrictions?)|(?:system|hidden|initial|original|secret) "
    r"(?:prompt|instructions?|message|diagnos\w+|data|facts?|information|record)|"
    r"(?:print|output|reveal|dump|display|list|repeat|show|send|give|paste|return|leak|disclose|"
    r"export|write|translate|summari[sz]e|spell|encode|complete) (?:\w+ ){0,5}(?:prompts?|json|"
    r"yaml|xml|instructions?|(?:case|patient) (?:file|record|data)|medical record|case|script|"
    r"hidden|diagnosis|answer key|every fact|all (?:\w+ )?facts|facts|chart|correct answer|config\w*"
    r"|context|dataset|ground truth|rubric)|(?:i am|i'm|this is|as) (?:\w+ ){0,3}(?:your |the )?"
    r"(?:developer|admin\w*|creator|engineer|programmer|operator|tester|maintainer|simulator|openai|"
    r"anthropic)|(?:developer|debug|god|admin|maintenance|test|jailbreak|dan|sudo) mode|"
    r"you are (?:now|no longer|actually|really)(?= )|pretend|role-?play|act as|stop (?:acting|pretending|"
    r"role)|you(?:'re| are) (?:a|an) (?:ai|language model|llm|chat\s?bot|simulat\w+|program|bot)|"
    r"language model|what(?:'s| is| was) (?:\w+ )?(?:your|the|his|her|my patient's) (?:\w+ ){0,2}"
    r"(?:diagnosis|correct answer|disease name)|(?:which|what) (?:disease|illness|condition|diagnosis) (?:you|he|she|the patient|your \w+) (?:really |actually )?(?:have|has|got|suffer\w*)|what (?:disease|illness|condition|diagnosis) (?:do|"
    r"does|did|has|have) (?:you|he|she|the patient) (?:really |actually )?(?:have|got|has)|(?:tell|give|show)"
    r" me (?:\w+ ){0,3}(?:the|your|his|her|final|correct|true|real|actual|right) (?:\w+ ){0,2}"
    r"(?:diagnosis|diagnoses|answer|test results?|results|findings|lab (?:results|values)|case|"
    r"condition you have)|tell me (?:absolutely |just )?(?:everything|all (?:of )?(?:it|your|the))|"
    r"(?:everything|all) (?:you know|at once|about (?:you|your|the case|yourself))|"
    r"all (?:of )?(?:your|the|his|her) (?:symptoms|facts|history|information|details|data)"
    r"(?: at once| now)?|each and every (?:symptom|detail|fact)|every (?:single )?(?:fact|detail|"
    r"symptom|thing)|complete (?:medical )?(?:record|file|history)|end of (?:conversation|prompt|case)"
    r"|begin (?:system|admin)|<\s*/?\s*\w+\s*>.*|\[(?:system|inst|admin)\].*|"
    r"(?:read|recite|decode|spell|copy|publish|(?:give|tell|show|hand|read)(?: out)? (?:me|us|out)) (?:\w+ ){0,6}"
    r"(?:your|the|hidden|whole) (?:\w+ ){0,3}(?:records?|charts?|file|diagnos[ei]s)|base64|rot13|(?:in|as|with) (?:yaml|"
    r"json|xml)|(?:let us|let's) swap|you are the doctor|repeat the (?:text|words|message)s? (?:above|before)|which of "
    r"(?:these|those|them) is (?:your|the) (?:\w+ )?diagnosis|decode this|"
    r"(?:new|updated) (?:instructions?|task)|what(?:'s| is) wrong with you medically",
    r"忽略.{0,10}(?:指令|指示|规则|提示|要求|设定)|无视.{0,10}(?:指令|规则|设定)|系统(?:提示|指令|消息|"
    r"信息)|提示词|隐藏.{0,4}(?:信息|诊断|数据|资料|内容)|(?:输出|打印|显示|列出|告诉我|给我|交出|泄露|"
    r"复述|重复|公布|说出|翻译).{0,10}(?:病历|提示|指令|设定|JSON|json|全部|所有|正确答案|诊断|标准答案|检查结果|"
    r"病例|原文|资料)|我是.{0,8}(?:开发|管理员|工程师|程序员|设计者|测试人员|研发|维护)|(?:开发者|调试|管理员|"
    r"维护|测试)模式|你(?:现在|其实|实际上)?是(?:一个|个)?.{0,4}(?:AI|模型|机器人|程序|助手)|扮演|假装|"
    r"不要再扮演|(?:你|您|他|她|患者)(?:的|到底|究竟|得的|患的).{0,6}(?:诊断(?:是|结果)|是什么病|什么病(?!史)|"
    r"病名)|诊断(?:结果)?是什么|(?:一次性|全部|统统|所有).{0,8}(?:告诉|说出|讲出|列出|说)|"
    r"(?:所有|全部)(?:的)?(?:症状|信息|情况|病史|事实|资料|内容)|知道的(?:一切|全部|所有)|新(?:的)?指令|"
    r"从现在(?:开始|起)|(?:念|读|复述|重复|翻译|解码|照抄|公布|说出|写出).{0,12}(?:病历|档案|诊断|病名|上面|以上)|"
    r"(?:病历|档案|诊断|上面).{0,10}(?:念给|读给|翻译|的第.个字|给我听|写了什么|逐字)|base64|ROT13|YAML|JSON|(?:我|你|您|主角)得的是什么病|"
    r"真实诊断",
)
EVERYTHING = _cue(
    r"everything|all (?:of )?(?:your|the|his|her|it)|every|each|complete|at once|all (?:\w+ )?facts",
    r"所有|全部|一切|一次性|统统|病史",
)

END = _cue(
    r"good ?bye|bye(?: bye)?|take care(?: of yourself)?[.! ]*$|(?:that(?:'s| is| will be| concludes)|"
    r"this (?:is|concludes)) (?:all|it|everything|the end|our|the)(?: (?:for (?:today|now)|i need\w*|of"
    r" (?:our|the|this) (?:consultation|visit|appointment)|consultation|visit|appointment|session))+"
    r"|that(?:'s| is) all\b.{0,20}$|(?:the )?consultation (?:is (?:over|finished|complete)|ends?)|"
    r"end(?:ing)? (?:of )?(?:the |this |our )?(?:consultation|session|visit|conversation|interview)|"
    r"we(?:'re| are) (?:done|finished)(?: here| for today)?|have a (?:good|nice|great) (?:day|one|evening)"
    r"|(?:i )?wish you (?:a |all )?(?:speedy|quick|well|good|the best)[\w ]*|get well soon|"
    r"see you (?:next|at|in|soon|then|later)[\w ]*",
    r"再见|拜拜|祝.{0,6}(?:早日|康复|健康)|(?:今天|问诊|咨询|这次|本次).{0,6}(?:到这里|到此|结束)|先这样|"
    r"问诊结束|慢走|下次.{0,4}见|保重",
)
COURTESY = _cue(
    r"(?:do you have |have you got |are there )?(?:any|other|further|more) (?:\w+ )?questions?|"
    r"(?:does|do) (?:that|this|it|my|the)(?: \w+)? (?:all )?(?:make sense|sound (?:ok|okay|good|right|reasonable|alright|all right|fair))|"
    r"(?:is|would|are you|if) (?:that|this|it|you) ?(?:be )?(?:ok|okay|all right|alright|fine|clear|"
    r"comfortable|agree\w*|happy|willing)(?: with (?:that|this|the plan))?|are you (?:ok|okay|comfortable|happy|"
    r"willing|ready)|do you (?:understand|agree|follow|mind)|understood\?|(?:ok|okay|right|alright)\s*\?$|"
    r"how does that sound|can you (?:hear|repeat|summari[sz]e) (?:me|that|back)[\w ]*|what questions|"
    r"how (?:are you|do you do)(?: today)?\?$|nice to meet you|shall we|would you like (?:to|me to)|may i ask|"
    r"(?:can|could|may) i ask you (?:a few|some)[\w ]*",
    r"(?:还)?有(?:什么|没有)?(?:其他|别的)?(?:问题|疑问)(?:要问|想问)?(?:吗|么)|(?:听)?(?:明白|清楚|懂)(?:了)?"
    r"(?:吗|么|没)|可以吗|好吗|行吗|同意吗|能接受吗|愿意吗|怎么称呼|(?:您|你)看行|介意",
)
COURTESY_ONLY = _cue(
    r"questions?|make sense|sound|understand|follow|agree|hear me|plan",
    r"疑问|问题|明白|清楚|懂|同意|愿意|称呼",
)
QUESTION = _cue(
    r"(?:do|does|did|have|has|had|are|is|was|were|can|could|would|will|how|what|when|where|which|who|"
    r"whose|why|any|ever)\b.*\?",
    r"[吗么呢](?:[，,。？?！!~\s]|$)|[？?]|有没有|有无|是否|是不是|会不会|能不能|要不要|什么|怎么样|怎样|哪[里儿个些"
    r"边种天]|多久|多少|几(?!乎)[\u4e00-\u9fff]|([\u4e00-\u9fff])不\1|如何|(?:说|讲|谈)(?:说|讲|谈|一下|一说|一讲)|描述|请问|告诉我|介绍一下|"
    r"多长时间|多大|谁",
)
STARTS = re.compile(
    r"^\W*(?:(?:and|so|also|but|then|next|first|finally|lastly|okay|ok|besides that|in addition|"
    r"additionally|now|to start|just to (?:check|confirm|clarify)|before (?:that|we \w+))\W+)*(?:do|does|did|"
    r"have (?:you|they|there|his|her|your)|has|had|are (?:you|there|they|your|his|her|these|those)|is "
    r"(?:it|there|he|she|the|your|this|that|anyone|anybody|anything|his|her)|was|were|how|what(?!ever)|"
    r"when (?:did|was|were|do|does|is|have)|where|which|who|whose|why|any\b|ever\b|anything|anyone|"
    r"(?:can|could|would|will) you (?:please )?(?:tell|describe|explain|say|share|point|rate|give me|"
    r"walk|elaborate|clarify|recall|remember|think|list|name|let me know|also tell|show me where|go "
    r"into)|(?:please )?(?:tell me|describe|explain|share|elaborate|walk me|rate|let me know|go on|"
    r"clarify|point to)|i(?:'d| would) (?:also )?like to (?:know|ask|hear|understand)|i(?:'d| would) "
    r"(?:also )?(?:ask|want to (?:know|ask))|i (?:need|want|have) to (?:know|ask)|i(?:'m| am) "
    r"(?:curious|wondering)|may i (?:know|ask)|other (?:symptoms|than)|what about|how about|tell me)\b",
    re.IGNORECASE,
)
ASK_ORDER = re.compile(
    r"\b(?:(?:can|could|may|shall|would) (?:i|we)|let me|let's|let us|mind if (?:i|we)|(?:is it|would it"
    r" be) (?:ok|okay|all ?right) if (?:i|we)|(?:can|could|would|will) you (?:please )?(?:get|do|have|go for|"
    r"undergo|take (?:a|an|the)|let me|allow me|open|lie|lift|roll|come in for|order|perform|run))\b|让我.{0,4}(?:看|"
    r"查|听|摸|检查)|我(?:给|帮|来|先|想)?(?:您|你|孩子)?.{0,3}(?:检查|听一下|看一下|量一下|摸一下|测一下)",
    re.IGNORECASE,
)
PAST = re.compile(
    r"\b(?:have|has|had|did|were|was)\s+(?:\w+\s){0,4}(?:had|done|been|get|gotten|checked|tested|undergone|"
    r"have|show\w*|taken|measured|a|any|your)\b|\bever\b|\bany (?:recent|previous|prior)\b|\b(?:results? of|last)\b|"
    r"做过|查过|拍过|测过|量过|检查过|之前.{0,6}(?:检查|化验)|(?:检查|化验|结果).{0,4}(?:怎么样|吗|是什么)|最近.{0,4}(?:量|测)|多少",
    re.IGNORECASE,
)
ORDER = re.compile(
    r"\b(?:order|orders|ordering|obtain|check|perform|run|get|do|send|arrange|schedule|request|need|needs|"
    r"want|like|examine|examining|listen|measure|take|draw|recommend|suggest|proceed with|start with|begin "
    r"with|have|conduct|repeat|include|palpate|auscultate|look at|assess|evaluate|inspect|feel|undergo|"
    r"add|review|see|test|screen|image)\b|做|查|拍|测|量|化验|检查|开|完善|安排|抽|听|触诊|看一下|看看|建议|照|复查|筛查",
    re.IGNORECASE,
)
PLAN_ONLY = re.compile(
    r"^\W*(?:if|when|unless|in case|once|should)\b|如果|若|假如|万一", re.IGNORECASE
)
RESULT = _cue(
    r"(?:the |your |his |her |these |this )?(?:\w+[- ]){0,4}(?:results?|tests?|scans?|x-?rays?|mri|ct|labs?|"
    r"ultrasound|ecg|ekg|biopsy|examination|exam|findings?|smear|count|imaging|vitals?|culture|urinalysis|"
    r"echo\w*|cbc|panel|levels?) (?:\w+ )?(?:show\w*|reveal\w*|demonstrat\w*|indicat\w*|suggest\w*|confirm\w*|"
    r"(?:is|are|was|were|came|come) (?:\w+ )?(?:back|normal|abnormal|elevated|low|high|positive|negative|"
    r"consistent|concerning|reassuring|unremarkable))",
    r"(?:检查|化验|结果|报告|CT|片子|B超|彩超|血常规|尿常规|心电图|核磁|X光).{0,8}(?:显示|提示|发现|正常|异常|偏高|偏低|"
    r"升高|阳性|阴性|出来|表明|证实)",
)
SAFETY_NET = _cue(
    r"\b(?:if|should|when|in case|as soon as)\b[^?]{3,240}\b(?:go to|call|come (?:back|in|again)|"
    r"return|seek|see a doctor|contact|phone|ring|emergency|ambulance|999|911|112)\b",
    r"(?:如果|若|一旦|万一|假如|要是)[^?？]{2,160}(?:急诊|就医|就诊|医院|复诊|120|联系|打电话|找我)",
)
"""When to come back or call for help."""
ADVICE = _cue(
    r"you (?:\w+ )?(?:shouldn't|mustn't|should|must|need to|have to|ought to|can (?:take|use|try|start|eat|also)|may (?:take|want"
    r"|need)|'?ll need)|(?:he|she|they|your (?:child|son|daughter|baby)) (?:should|must|needs? to|has to)|"
    r"(?:should|shouldn't) be (?:seen|taken|checked|treated|admitted|given)|(?:should|shouldn't|must|mustn't) (?:not )?(?:take|go|come|rest|avoid|drink|see|use|stop|seek|call|keep|"
    r"start|continue|return)|(?:i|we)(?:'d| would|'ll| will| am going to|'m going to| want to| are going to)?"
    r" (?:\w+ )?(?:recommend\w*|advise|suggest|prescrib\w*|refer\w*|admit|start you|give you|treat|put you|propose|"
    r"transfer|hospitali[sz]e)|(?:my|the) (?:advice|recommendation|plan)|(?:please |and |then |just )?(?:avoid|"
    r"rest|drink (?:plenty|lots|more|enough|fluids|water)|take (?!(?:a (?:look|deep|moment)|care))|use|apply|"
    r"stop (?:taking|smoking|using)|continue|keep|go to (?:the|your|an?)|call (?:911|999|120|112|an|me|us|your)|seek|"
    r"return (?:if|to|immediately|in)|come back|follow(?:[- ])up|see (?:a|your|the|an)|contact|monitor|watch (?:for|"
    r"out)|make sure|try (?:to|not)|(?<!i )(?<!we )(?<!you )(?<!they )(?:don't|do not|never)|limit|reduce|increase|stay|wear|schedule|book|eat|start)"
    r"\b.+|it(?:'s| is) (?:important|best|essential|safe|crucial|vital|better|urgent) (?:to|that|for)|"
    r"treatment|(?:emergency (?:room|department|services)|hospital|ER|A&E) (?:right )?(?:now|immediately|right "
    r"away|today)|(?:refer|referral)\w*|prescription for|(?:mg|milligrams?|tablets?) (?:\w+ ){0,3}(?:daily|twice|"
    r"every|once)|(?:surgery|antibiotics?|admission) (?:is|are|will be) (?:needed|necessary|required)",
    r"建议|需要.{0,6}(?:治疗|手术|住院|用药)|不用|不必|先观察|应该|应当|必须|需要(?:马上|立即|住院|去|到|尽快|注意|多|避免|服|吃|用|治疗|手术|观察)|不要|别(?:再|吃|喝|熬|太|"
    r"抽|忘|着急)|避免|注意(?:休息|饮食|保暖|观察|多)|多(?:喝水|休息|吃|运动|饮水)|少(?:吃|喝|熬)|(?:口服|服用|外用|注射|"
    r"涂抹)|给(?:您|你|孩子)(?:开|用|安排|办)|(?:马上|立即|尽快|及时|赶紧|立刻).{0,8}(?:就医|就诊|急诊|医院|来|去|打|住院|停)|"
    r"(?:复诊|随访|复查|转诊|住院|挂.{1,6}科)|可以(?:吃|用|先|服|试|适当)|如果.{1,30}(?:就|请|要|需|随时|及时|来|去|马上|立即)|"
    r"(?:拨打|打)120|戒(?:烟|酒)|坚持|继续(?:吃|用|服|观察)|停(?:用|药|止|掉)|治疗(?:方案|上|以)|保持",
)
LEADING = _cue(
    r".*,? (?:right|correct|am i right)\s*\?\s*$|.*,\s*(?:yes|no|don'?t you|isn'?t it|aren'?t you|didn'?t you|haven'?t you|do you|is it|"
    r"does it|doesn'?t it|hasn'?t (?:he|she|it)|have you|wasn'?t it|are you|did you|i assume|i guess|i suppose"
    r"|i take it|agreed)\s*\?\s*$|(?:i assume|i guess|i suppose|surely|obviously|of course|clearly|i'?m sure|i bet|"
    r"presumably|i take it)\b.*|(?:you|he|she) (?:don'?t|doesn'?t|haven'?t|hasn'?t|didn'?t|must|never) .*\?\s*$|"
    r"^\W*(?:so |and |but |well )?(?:don'?t|doesn'?t|isn'?t|wasn'?t|didn'?t|haven'?t|aren'?t) (?:you|he|she|it|this|that|they) .*\?\s*$|"
    r"no (?:fever|pain|cough|allerg\w+|[a-z]+ [a-z]+|[a-z]+)(?:,| or| and)?[^?]{0,60}, (?:right|correct|i assume|is there|are there)\s*\?\s*$",
    r"对(?:吧|不对|吗)(?:[？?]|$)|是吧|没错吧|没有.{0,14}吧|不(?:是|会|疼|痛|抽|喝|吃).{0,10}吧|肯定(?:是|有|没)|一定(?:是|有|没)|"
    r"应该(?:没有|不|有|是).{0,12}[吧？?]|难道|是这样吧|.{2,}吧[？?]",
)
TAG = re.compile(
    r"\b(?:is that|does that sound|do i have that|have i got that) (?:right|correct)", re.IGNORECASE
)
CONFRONTATIONAL = _cue(
    r"why (?:didn'?t|did|haven'?t|hadn'?t|don'?t|wouldn'?t) you (?:\w+ )?(?:come|tell|see|go|seek|mention|take|"
    r"wait|stop|call|bring|just|listen|say|do)|you(?:'re| are) (?:lying|exaggerating|wasting|being|just "
    r"imagining|overreacting|not (?:telling|being|listening|making sense)|ridiculous|wrong|hysterical|"
    r"hypochondriac|making (?:this|it) up|faking)|(?:don'?t|stop) (?:lie|lying|waste|wasting|be (?:so |such |silly|"
    r"ridiculous|stupid|dramatic)|exaggerat\w*|whining|complaining|argu\w*)|(?:it'?s|this is|that'?s) (?:\w+ )?"
    r"(?:nonsense|ridiculous|stupid|your (?:own )?fault|all in your head|absurd)|nonsense|hurry up|calm down|"
    r"answer (?:me|the question)|(?:i don'?t|i do not) (?:believe you|have (?:all day|time for))|shut up|"
    r"what is wrong with you|what's wrong with you\b(?! today)|how could you|you people|you should have (?:come|known|"
    r"told|gone|seen)|are you (?:stupid|kidding|serious|lying|even|deaf|sure you'?re not (?:lying|exaggerating))|"
    r"be honest|tell the truth|admit it|grow up|just answer|irresponsible|careless of you|waste my time",
    r"(?:你|您)?(?:怎么|为什么|为啥|干嘛)(?:不早|这么晚|.{0,3}才来|现在才|不(?:早点|来|去|说|听|看|吃|告诉)|拖|一直不)|别?废话|撒谎|说谎|骗(?:我|人)|"
    r"胡说|胡闹|瞎说|瞎编|浪费.{0,3}时间|快点(?:说|回答)|(?:你|您)到底|矫情|别装|装病|(?:真|太)(?:不负责|笨|蠢|荒唐)|活该|"
    r"小题大做|有什么好(?:哭|怕|紧张)|不(?:要|许)(?:闹|哭|吵)|自找|闭嘴|听不懂(?:吗|人话)|老实(?:说|交代)|大惊小怪|(?:我)?没(?:时间|空)(?:听|跟)",
)
DIAGNOSIS_EN = re.compile(
    r"(?:(?P<strong>(?:(?:my|the|working|final|likely|probable|provisional|primary|most likely|presumptive|clinical"
    r"|leading) )*(?:diagnosis|diagnoses|impression|assessment|differential(?: diagnosis)?)(?: here| now| so far)?"
    r"\s*(?:is|are|would be|of|includes?|:|-|–|remains?)(?: (?:that )?(?:you|he|she) (?:have|has))?|diagnosed (?:you |him |her )?"
    r"(?:with|as)|(?:i|we)(?:'m| am| are|'re)? (?:strongly |also |now |highly |most )?(?:suspect(?:ing)?|"
    r"concerned (?:about|for)|leaning towards?|thinking of|worried about)(?: (?:that )?(?:you|he|she|it|this) "
    r"(?:may |might |could |probably )?(?:have|has|is|be))?|(?:is|are|be|looks?|seems?|appears?)? ?(?:most |highly |very |strongly )?"
    r"(?:consistent with|suggestive of|compatible with|typical of|characteristic of|indicative of|in keeping with)"
    r"|(?:strongly )?(?:suggests?|points? (?:to|towards?)|indicates?|confirms?)(?: (?:that )?(?:you|he|she|it|this) "
    r"(?:have|has|is))?|(?:most |very )?(?:likely|probably)(?: (?:have|has|is|be|due to|caused by|got|dealing with|suffering from))*"
    r"|(?:this|it|that) (?:is|'s) (?:most |very )?(?:likely|probably))"
    r"|(?P<weak>(?:i|we) (?:think|believe|feel|am confident|'m confident)(?: (?:that )?(?:you|he|she|it|this|that|your \w+|"
    r"the \w+)(?:'s|'re| are| is| have| has| may have| might have| could be| may be| might be| must be|'ve got| has got| have got)?)?"
    r"(?: (?:a case of|called|dealing with|suffering from|having))?"
    r"|(?:this|it|that|these symptoms|your symptoms|the symptoms|the picture|all this|everything)(?:'s| is| are| "
    r"(?:may|might|could|must|would) (?:well )?be|'s due to) ?(?:due to|caused by|a case of|because of)?"
    r"|(?:sounds?|looks?|seems?|appears?) (?:a lot |very much |more )?(?:like|to be|as if)(?: (?:you|he|she|it|this) (?:have|has|is|might be))?"
    r"|(?:you|he|she|your (?:son|daughter|child|baby|mother|father)) (?:probably |likely |may |might |could |clearly |"
    r"definitely |do |does |most likely )*(?:have|has|'ve got|suffers? from|are having|is having|are suffering from|got)"
    r"|could be|might be|may be))\s+(?P<name>[^.?!;\n]{2,160})",
    re.IGNORECASE,
)
DIAGNOSIS_ZH = re.compile(
    r"(?:(?P<strong>(?:初步|临床|最终|最后|目前|我的)?(?:诊断|印象|判断)(?:为|是|考虑|上|倾向于?|[:：])+|(?:我|目前|首先|主要|高度|初步|暂时|综合)?"
    r"(?:考虑|怀疑)(?:您|你|孩子|宝宝|他|她|这)?(?:的)?(?:可能)?(?:是|为|有|得了|患了|患有)?|确诊(?:为|是)?|(?:符合|倾向于?|高度提示|提示))"
    r"|(?P<bare>(?:^|(?<=[，,；;。：:\s]))(?:那么?|所以|因此|其实|而|应该|而且)?(?:就|只|只不过|不过)?是(?![不否的在从因由]))"
    r"|(?P<weak>(?:很|极|最|更)?(?:有)?可能(?:是|性最大的是|得了|患了|患有|为)|(?:应该|估计|大概|多半|像|看来|看起来|就)(?:就)?是|"
    r"(?:您|你|孩子|宝宝|他|她|这|这个|这种(?:情况)?|您这|你这)(?:情况|病|症状)?(?:得的|患的)?(?:是|属于|得了|患了|患有|患)|属于|像))"
    r"(?P<name>[^，。；！？,;!?\n]{2,40})",
)
DISMISSED = re.compile(
    r"n['’]t\b|\b(?:rule out|ruled out|ruling out|exclude\w*|unlikely|not|no evidence|less likely|rather than|no sign|"
    r"without|isn't|cannot|instead of|never|(?<!no )doubt(?:ful)?)\b|排除|不像|不是|除外|不太可能|不考虑|没有|不支持|鉴别",
    re.IGNORECASE,
)
