from evidence.refused.files import FOLDER, contents

FOLDER.mkdir(parents=True, exist_ok=True)
for name, text in contents().items():
    (FOLDER / name).write_text(text)
