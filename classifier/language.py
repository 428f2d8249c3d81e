"""Whether a message is written in another language than French, which is the only one the model knows.

A word says something only when it belongs to one side: "de", "la", "on" or "non" stand in several languages and are
in neither set. Words are without accents, as classifier/cleaning.py leaves them.
"""

import unicodedata

from classifier.cleaning import words

_FEWEST_LETTERS = 3

_FRENCH = frozenset(
    """
    ai aurait aussi au aux avait avec avez avoir avons ballon bon bonjour bonsoir bjr c ca ce cela ces cet cette
    chaque chez comme d dans depuis des deux dit dois dont du eau elle encore est et etage etait etre eu faire fait
    faut fuite j jai je jour jours l les leur lors m madame mais mal merci mes moi mois mon monsieur n ne ni nos notre
    nous nul ont ou par parce parle pas peut peux plus pour pourquoi pouvez probleme puis qu quand quel quelle
    quelqu qui quoi rien s sa salut sans ses soir sont sous suis sur svp t ta tes ton toujours tout toute tous toutes
    trois trop une va vais vers veux vient voir vos votre voudrais vous y voisin voisine voila
    """.split()
)

_ENGLISH = """
    the is are was were been being have has had having there their they this that these those my your his her our its
    what when where which who why how and but with without from into about because please thanks thank you hello hi
    help need want can cannot could would should don doesn didn isn won not no of in to for it we she he him them
    i am any some very since still until yesterday today tomorrow kitchen bathroom heating heater water leak leaking
    broken door window neighbour neighbor neighbours neighbors landlord flat apartment elevator stuck working smell
    husband wife children child mother father someone nobody hot cold rent bill noise night dear friend
"""
_SPANISH = """
    el los las una unos unas del al en hay esta estan estoy soy somos tengo tiene tenemos pero por para con sin muy
    mi su nuestro nuestra que como cuando donde porque quien desde hasta hace usted ustedes ayuda favor gracias hola
    buenos buenas dias tardes agua casa cocina bano puerta vecino vecina vecinos edificio ascensor calefaccion roto
    rota funciona olor fuga luz marido mujer hijo hija ninos no necesito puedo puede alguien ya mas
"""
_PORTUGUESE = """
    o os uma nao sao estou esta estao tenho tem meu minha meus minhas nosso nossa com sem por favor obrigado obrigada
    bom dia boa tarde noite ola ajuda agua cozinha porta vizinho vizinha vizinhos predio elevador aquecimento cheiro
    quebrado funciona marido filho filha preciso posso pode alguem voce voces muito mais aqui ha isso porque quando
    onde dos das ao aos pelo pela na no nas ja
"""
_ITALIAN = """
    il lo gli della delle dello dei degli del nel nella nelle sul sulla dal dalla al alla che non sono siamo ho hanno
    abbiamo mio mia nostro nostra questo questa quando dove perche chi anche molto piu ciao buongiorno buonasera
    grazie aiuto favore acqua casa cucina bagno porta vicino vicina vicini palazzo ascensore riscaldamento rotto rotta
    funziona odore fuga perdita marito moglie figlio figlia bambini posso qualcuno ancora con per c e di
"""
_GERMAN = """
    der die das den dem ein eine einen einem einer ist sind war ich wir sie er es mein meine meinem meiner unser unsere
    nicht kein keine und oder aber mit ohne von zu zum zur im am auf bei seit auch noch sehr bitte danke guten hallo
    hilfe wasser kuche wohnung haus tur heizung kaputt nachbar nachbarn aufzug geruch mann frau kinder kann brauche
    jemand warum wann wo wie heute funktioniert riecht
"""
_ROMANIAN = """
    este sunt suntem am nu si sau dar cu fara pentru din ca ce cand unde cine mea meu meul noastra nostru vecin vecina
    vecinul vecinii apa casa bucatarie usa caldura centrala lift liftul bloc scara miros sotul sotia copii copilul
    ajutor buna ziua multumesc rog va imi mi ne lui ei o un mai foarte acum poate merge stricat
"""
_POLISH = """
    jest sa mam mamy nie tak w we na z ze do od po i oraz ale czy co kto jak gdzie kiedy dlaczego moj moja moje nasz
    nasza sasiad sasiadka sasiedzi woda wody mieszkanie dom kuchni kuchnia drzwi ogrzewanie winda zepsute zepsuta
    dziala zapach maz zona dzieci pomoc pomocy prosze dziekuje dzien dobry potrzebuje moze ktos bardzo juz
"""
_TURKISH = """
    bir bu su ve ile icin ama var yok degil ben sen biz siz benim bizim evde evim evimde mutfak mutfakta kapi komsu
    komsum su asansor kalorifer bozuk calismiyor koku kokusu kocam karim cocuk cocuklar yardim edin lutfen tesekkurler
    merhaba gunler cok ne nasil nerede neden kim zaman daha hala oldu oluyor bana beni
"""
_UKRAINIAN = """
    ya my vy vin vona ye nemaye ne ni tak i ta ale z v u na do vid shcho yak koly de chomu miy moya nash nasha susid
    susidy voda kvartyra kukhnya dveri opalennya lift zapakh cholovik dity dopomozhit bud laska dyakuyu dobryi den
    budynok pratsyuye
"""
# Words that French messages hold too: French words, names of letters, abbreviations of text messages.
_SHARED = frozenset(
    """
    al am apa beni boa bom bu but casa centrala chi com con de del di dia die do don e en er es flat fuga ha
    hello hi ho hola i il im in ja las lift lo lui mai mi na nas no non o onde os per piu por puerta que si
    sin siz sono su tarde thanks u v vin w war we z ze zona
    """.split()
)
_FOREIGN = (
    frozenset(
        " ".join((_ENGLISH, _SPANISH, _PORTUGUESE, _ITALIAN, _GERMAN, _ROMANIAN, _POLISH, _TURKISH, _UKRAINIAN)).split()
    )
    - _SHARED
    - _FRENCH
)


def _is_in_other_letters(text: str) -> bool:
    letters = [letter for letter in text if letter.isalpha()]
    others = sum("LATIN" not in unicodedata.name(letter, "") for letter in letters)
    return len(letters) >= _FEWEST_LETTERS and 2 * others > len(letters)


def is_foreign(text: str) -> bool:
    """Say whether a message is in another language; in doubt it is French.

    Two words only other languages have are enough when fewer French ones stand beside them; one is, in a text of two
    words at most.
    """
    if _is_in_other_letters(text):
        return True
    tokens = [token for word in words(text) for token in word.tokens if token.isalpha()]
    theirs = sum(token in _FOREIGN for token in tokens)
    ours = sum(token in _FRENCH for token in tokens)
    return theirs > ours and 2 * theirs >= min(len(tokens), 4)
