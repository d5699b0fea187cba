"""Which English words say nothing of a subject by themselves? Lists by what a word does in a sentence.

No tagger is at hand where no model is; these lists and the neighbours of a word stand in for one.
"""


def words_of(text: str) -> frozenset[str]:
    """The words of a list that is written as text."""
    return frozenset(text.split())


DETERMINERS = words_of(
    """
    a an the this these those each every any some no its their our your his her my another either neither both all
    several many few most certain various other same own
    """
)

SIGNALS = words_of(
    """
    to i you we they he she it who there not n't never can could may might must shall should will would cannot do
    does did let lets please don't doesn't won't can't shouldn't 'll 'd 've always also only just then simply
    """
)
"""Words that a verb follows rather than a noun."""

BREAKS = words_of(
    """
    others wo that which what such whose about above across after again against ago along already although am among
    amongst an and anybody anyone anything anyway anywhere apart are around as aside at away back be became because
    become becomes been before beforehand behind being below beneath beside besides between beyond but by came come
    comes despite done down due during e.g eg either else elsewhere enough especially etc even ever everybody
    everyone everything everywhere except far for former forth from further furthermore get gets getting given gives
    go goes going gone got had hardly has have having hence here hereby herein him himself hers how however if in
    inside instead into is isn't i.e ie itself last later latter least less like likely little made mainly me
    meanwhile merely mine more moreover much myself namely near nearly nevertheless next nobody none nonetheless nor
    nothing notwithstanding now nowhere of off often ok okay on once one oneself onto or otherwise ought ours
    ourselves out outside over overall particularly per perhaps quite rather re really regardless s said second
    seldom since so somebody somehow someone something sometimes somewhat somewhere soon still than thanks them
    themselves thereafter thereby therefore therein thereof though three through throughout thus till together too
    toward towards twice two under underneath unless unlike until up upon us usually versus very via viz vs was
    wasn't well were weren't whatever when whenever where whereas whereby wherein wherever whether while whilst
    whoever whole whom why with within without worse worst yes yet yours yourself four five six seven eight nine ten
    first third fourth hundred thousand million billion maybe almost actually currently probably possibly generally
    typically recently finally mostly exactly directly easily completely entirely necessarily previously immediately
    automatically manually explicitly implicitly properly correctly fully normally eventually originally similarly
    frequently subsequently respectively aren't haven't hasn't hadn't didn't wouldn't couldn't it's that's there's
    i'm we're you're they're i've we've you've 'm 're 's today tomorrow yesterday
    """
)
"""Words that no term holds, beside determiners and signals."""

_VERBS = words_of(
    """
    accept access achieve act adapt add address adjust affect aim allow appear apply arise arrange ask assume
    attempt avoid base begin behave believe belong block break bring call carry catch cause change check choose
    clarify clean clear close collect combine compare complete comply compute concern conclude conduct confirm
    conform connect consider consist contain continue contribute convert convey copy correspond count cover create
    cut deal decide declare decrease define delete deliver demonstrate deny depend derive describe design detect
    determine develop differ disable disallow discard discover discuss display distinguish divide drop eliminate
    enable encounter encourage end enforce ensure enter equal establish evaluate examine exceed exclude execute
    exist expand expect explain explore express extend extract facilitate fail fall feel fetch fill find finish fit
    fix fold follow forbid force forget formulate fulfil gain gather generate grant grow guarantee guess handle
    happen help hide hold identify ignore illustrate imagine implement imply improve include increase incur indicate
    infer inform inherit insert inspect install instruct intend introduce invoke involve join keep know lack launch
    lay lead learn leave lie limit list listen live load look lose maintain make manage mark match matter mean
    measure meet mention merge modify move multiply name need note notice obey obtain occur offer omit open operate
    organise organize overcome override overwrite own participate pass perform permit pick place plan play point
    prefer prepare present preserve press prevent print proceed process produce prohibit promote propose protect
    prove provide publish pull put quote raise reach react read realise realize receive recognise recognize
    recommend record reduce refer refine reflect refuse regard reject relate release rely remain remember remove
    rename render repeat replace reply report represent request require reset resolve respect respond result retain
    return reveal review rewrite rule run satisfy save say search see seek seem select send separate serve set share
    shift show simplify sit skip solve sort speak specify split spread start state stay stop store submit succeed
    suffer suggest suit supply support suppose take talk tell tend test think throw touch track transform translate
    treat trigger trust try turn understand undo update upgrade use utilise utilize vary verify view violate visit
    wait walk want warn watch wish wonder work write yield
    """
)

_IRREGULAR = words_of(
    """
    began begun believed broke broken brought built caught chose chosen cutting dealt dropped dropping fallen fell
    felt found forbidden forgot forgotten fitted grew grown held hid hidden kept knew known laid lain led left lost
    made meant met putting ran read running rewritten rewrote said sat saw seen sent sets setting shown spent split
    splitting spoke spoken stopped stopping submitted submitting taken thought threw thrown told took tried tries
    trying understood undone went won wrote written writing shipped shipping supposed according regarding concerning
    depending referred referring occurred occurring permitted mapped lies lying done does doing being having let
    letting beginning
    """
)


def _forms(verb: str) -> tuple[str, ...]:
    """A regular verb with its endings."""
    if verb.endswith("e"):
        return verb, verb + "s", verb + "d", verb[:-1] + "ing"
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb, verb[:-1] + "ies", verb[:-1] + "ied", verb + "ing"
    plural = verb + ("es" if verb.endswith(("s", "sh", "ch", "x", "z")) else "s")
    doubled = verb + verb[-1]
    return verb, plural, verb + "ed", verb + "ing", doubled + "ed", doubled + "ing"


VERBS = frozenset({form for verb in _VERBS for form in _forms(verb)} | _IRREGULAR)
"""Verbs that any subject uses, in all their forms; some are nouns too, as after a determiner."""

ADJECTIVES = words_of(
    """
    main able absolute accurate actual additional adequate advanced alternative ambiguous apparent applicable
    appropriate arbitrary available aware bad basic beautiful better best big brief broad careful central clear
    close common compatible complete complex comprehensive concise concrete conditional consecutive considerable
    consistent convenient correct corresponding crucial current dangerous deep desirable desired detailed different
    difficult direct distinct dynamic early earlier easy easier effective efficient eligible empty entire equal
    equivalent essential exact excellent excessive existing expensive explicit extensive external extra extreme
    false familiar fast faster final fine following formal frequent full fun fundamental future general generic
    global good great greater half handy happy hard harmful heavy helpful high higher highest huge ideal identical
    immediate impossible important inadequate inappropriate incomplete incorrect individual initial interesting
    internal intended invalid irrelevant known large larger largest late latest least legal legitimate light limited
    local long longer loose low lower lowest major mandatory maximum meaningful medium mere minimal minimum minor
    missing modern multiple mutual narrow native natural necessary negative new newer nice normal notable novel
    numerous obsolete obvious odd old older only open optional ordinary original outer overall parallel partial
    particular past perfect permanent plain popular positive possible potential powerful practical precise preferred
    preliminary present previous primary prior private proper public pure quick quicker random rare raw ready real
    reasonable recent redundant regular related relative relevant reliable remaining remote repeated representative
    required reserved responsible rich right rough safe same satisfactory secondary separate serious short shorter
    significant similar simple simpler simplest single slight slow slower small smaller smallest smart sole
    sophisticated special specific stable standard static straight strange strict strong subsequent substantial
    successful sufficient suitable sure surprising tedious temporary tiny total traditional trivial true typical
    ugly unable unchanged unclear unexpected unique universal unknown unlikely unnecessary unspecified unused
    unusual upper upcoming useful useless usual valid valuable various vast vital weak wide wider widespread willing
    wise worth worthwhile wrong young interested involved so-called up-to-date well-known
    """
)
"""Adjectives that any subject uses."""

GENERAL_NOUNS = words_of(
    """
    ability absence accordance account action activity addition advantage advice aim amount answer anything approach
    area aspect attempt attention author background basis beginning behaviour behavior benefit bit bottom care case
    category chance change chapter characteristic choice circumstance class clause collection column comment
    comparison complexity component concept concern conclusion condition consequence consideration content contents
    context convention cost count couple course criteria criterion date day deal decision default definition degree
    description design detail difference difficulty direction discussion distinction document documentation effect
    effort element end entry environment error event evidence example exception existence expectation explanation
    expression extent fact factor fashion feature field figure file focus form format function functionality gain
    goal group guarantee guide guideline half hand handling head help hint history hour idea impact implementation
    importance improvement indication individual information input instance instruction intention interest
    introduction issue item job kind lack language layer left length level life limit limitation line link list look
    lot majority manner mark material matter meaning means measure mechanism member message method mind minute
    mistake mode moment month name nature need note notice notion number object occurrence one operation opinion
    opportunity option order origin outcome output overview page pair paper paragraph parameter part party past path
    pattern people percent performance period person perspective phase place plan point portion position possibility
    practice preference presence problem procedure process product program project proposal property purpose quality
    quantity question range rate ratio reader reason recommendation reference regard relation relationship release
    remainder removal representation request requirement resource respect response rest restriction result right
    role row rule run sake scenario scope section selection sense sentence sequence series set setting shape side
    sign situation size solution sort source space step stage standpoint start state statement status stop string
    structure stuff style subject subsection substance success suggestion summary support syntax system table target
    task technique term test text thing thought time times title today tool top topic total track treatment trouble
    truth try turn type unit usage use user value variety version view way week whole word work world writer year
    """
)
"""Nouns that name no subject by themselves but may be part of a term: `file` is none, `shadow file` is one."""

NOUNS_AND_VERBS = words_of(
    """
    access account address answer branch break build bundle cache call change check clone commit copy cost count
    cover delay design display dump exploit export fetch filter fix fork format gain help hook import index install
    issue launch leak link list load lock log look loop map mark match merge move name need note order override
    patch place plan point port print process program project prompt proxy pull push query queue quote range rank
    rate read record release report request reset response restart result return review risk role rule run scan
    schedule score script search sequence service set share shift sign sort source split stack stage stamp start
    state step store stream support switch tag target task test thread time tool touch trace track trade transfer
    trap trigger try turn type update upgrade upload use user value version view visit walk watch work write
    """
)
"""Words that are the one or the other: `build` in "build system" and in "to build"."""

LABELS = words_of(
    """
    must should shall may not required recommended optional and or ok todo fixme note notes warning caution
    important tip hint xxx null true false none yes no i a ii iii iv vi vii viii ix xi xii am pm n/a tbd tba the for
    in of to is
    """
)
"""Words that are written in capitals for emphasis, and numerals."""

DATES = words_of(
    """
    January February March April May June July August September October November December Monday Tuesday Wednesday
    Thursday Friday Saturday Sunday
    """
)

LITERALS = words_of("true false null none nil yes no on off self this foo foobar baz qux quux")
"""What is marked as code and names nothing of the subject."""

ORGANIZATIONS = words_of(
    """
    inc foundation university institute corporation corp association consortium committee council agency ministry
    ltd company society union laboratory laboratories labs college department commission gmbh llc group team force
    bureau board project authority organization organisation school bank
    """
)
"""Last words of the names of organisations."""

HONORIFICS = words_of("mr mrs ms dr prof professor sir madam lord lady president captain")
