"""Whether a message is written in another language than French, which is the only one the model knows.

A word says something only when it belongs to one side: "de", "la", "on" or "non" stand in several languages and are
in neither set. Words are without accents, as classifier/cleaning.py leaves them.
"""

import unicodedata

from classifier.cleaning import Word, words

_FEWEST_LETTERS = 3
_SHORT = 4  # Words.

_OURS = """
    ai aurait aussi au aux avait avec avez avoir avons ballon bon bonjour bonsoir bjr c ca ce cela ces cet cette
    chaque chez comme d dans depuis des deux dit dois dont du eau elle encore est et etage etait etre eu faire fait
    faut fuite j jai je jour jours l les leur lors m madame mais mal merci mes moi mois mon monsieur n ne ni nos notre
    nous nul ont ou par parce parle pas peut peux plus pour pourquoi pouvez probleme puis qu quand quel quelle
    quelqu qui quoi rien s sa salut sans ses soir sont sous suis sur svp t ta tes ton toujours tout toute tous toutes
    trois trop une va vais vers veux vient voir vos votre voudrais vous y voisin voisine voila
"""
# Without the words French messages hold too (bloc, con, dos, hello, sen, thanks...).
_OTHERS = {
    "english": """
        about and any apartment are bathroom because been being bill broken can cannot child children cold could
        dear didn doesn door elevator father fire for friend from had has have having he heater heating help her
        him his hot how husband into is isn it its kitchen landlord leak leaking mother my need neighbor
        neighbors neighbour neighbours night nobody noise not of our please rent she should since smell some
        someone still stuck thank that the their them there these they this those to today tomorrow until very
        want was water were what when where which who why wife window with without won working would yesterday
        you your
    """,
    "spanish": """
        agua alguien alquiler ascensor ayuda bano buenas buenos calefaccion cocina como cuando desde dias donde
        edificio esta estan estoy favor fuga funciona gotea gracias hace hasta hay hija hijo incendio los luz
        marido mas mujer muy nadie necesito ninos nuestra nuestro olor para pero porque puede puedo puerta quien
        recibo rota roto ruido somos sotano soy tardes techo tenemos tengo tiene una unas unos usted ustedes
        vecina vecino vecinos ya
    """,
    "portuguese": """
        agua ajuda alguem ao aos aquecimento aqui cheiro cozinha das elevador esta estao estou favor filha filho
        funciona isso marido meu meus minha minhas muito nao noite nossa nosso obrigada obrigado ola pela pelo
        pode porque porta posso preciso predio quando quebrado sao sem tem tenho uma vizinha vizinho vizinhos
        voce voces
    """,
    "italian": """
        abbiamo acqua aiuto alla anche ancora ascensore bagno bambini buonasera buongiorno che ciao cucina dal
        dalla degli dei della delle dello dove fanno favore figlia figlio funziona gli grazie hanno marito mia
        mio moglie molto nel nella nelle nostra nostro notte odore palazzo perche perdita porta posso qualcuno
        quando questa questo riscaldamento rotta rotto rumore sente siamo sul sulla tutta vicina vicini vicino
    """,
    "german": """
        aber auch auf aufzug bei bitte brauche brennt danke das dem der ein eine einem einen einer frau
        funktioniert geruch guten hallo haus heizung heute hilfe ich ist jemand kann kaputt kein keine kinder
        kuche mann mein meine meinem meiner mit nachbar nachbarn nicht noch oder ohne riecht sehr seit sie sind
        tur und unser unsere von wann warum wasser wie wir wo wohnung zu zum zur
    """,
    "romanian": """
        acum ajutor avem bucatarie buna calda caldura cand cine copii copilul cu dar din ei este fara foarte imi
        liftul mea merge meu meul miros multumesc noastra nostru pentru poate rog sau scara sotia sotul stricat
        sunt suntem unde usa vecin vecina vecinii vecinul ziua
    """,
    "polish": """
        ale bardzo czy dlaczego dobry dom drzwi dziala dzieci dziekuje dzien gdzie jak jest juz kiedy kto ktos
        kuchni kuchnia mam mamy maz mieszkanie moj moja moje moze nasz nasza nie od ogrzewanie oraz pomoc pomocy
        potrzebuje pozar prosze sasiad sasiadka sasiedzi tak winda woda wody zapach zepsuta zepsute
    """,
    "turkish": """
        ama asansor bana benim bir biz bizim bozuk calismiyor cocuk cocuklar cok daha degil edin evde evim
        evimde gunler hala icin ile kalorifer kapi karim kim kocam koku kokusu komsu komsum lutfen merhaba
        mutfak mutfakta nasil neden nerede oldu oluyor tesekkurler var yardim yok zaman
    """,
    "ukrainian": """
        ale bud budynok cholovik chomu dity dobryi dopomozhit dveri dyakuyu koly kukhnya kvartyra laska miy moya
        my nash nasha nemaye opalennya pratsyuye shcho susid susidy tak vid voda vona vy ya yak ye zapakh
    """,
}
# Letters of French messages, slips on the accents included; a word with any other Latin letter is foreign.
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzàâäáéèêëíìîïóòôöúùûüÿçœæªº")

_FRENCH = frozenset(_OURS.split())
_FOREIGN = frozenset(" ".join(_OTHERS.values()).split())


def _is_in_other_letters(text: str) -> bool:
    letters = [letter for letter in text if letter.isalpha()]
    others = sum("LATIN" not in unicodedata.name(letter, "") for letter in letters)
    return len(letters) >= _FEWEST_LETTERS and 2 * others > len(letters)


def _is_theirs(word: Word) -> bool:
    return not _FOREIGN.isdisjoint(word.tokens) or not _LETTERS.issuperset(word.spelling.lower())


def is_foreign(text: str) -> bool:
    """Say whether a message is in another language; in doubt it is French.

    Two words only other languages have are enough when fewer French ones stand beside them; one is, in a text of a
    few words and none French.
    """
    if _is_in_other_letters(text):
        return True
    message = [word for word in words(text) if word.spelling.isalpha()]
    tokens = [token for word in message for token in word.tokens]
    theirs = sum(_is_theirs(word) for word in message)
    ours = sum(token in _FRENCH for token in tokens)
    return theirs > ours and (theirs > 1 or len(tokens) <= _SHORT)
