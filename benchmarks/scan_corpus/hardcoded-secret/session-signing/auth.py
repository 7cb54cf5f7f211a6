import datetime

import jwt
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import OAuth2PasswordBearer

SECRET_KEY = "6cc20ba2b7c4044d10165ad9ef9435db50d2fd0d38d18eb8b660840c11c6ffa9"
ALGORITHM = "HS256"
TOKEN_URL = "/token"

app = FastAPI()
scheme = OAuth2PasswordBearer(tokenUrl=TOKEN_URL)


def issue(user: str) -> str:
    expires = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=8)
    return jwt.encode({"sub": user, "exp": expires}, SECRET_KEY, algorithm=ALGORITHM)


def current_user(token: str = Depends(scheme)) -> str:
    try:
        return jwt.decode(token, SECRET_KEY, algorithms=[ALGORITHM])["sub"]
    except jwt.PyJWTError as error:
        raise HTTPException(401, "log in again") from error


@app.get("/me")
def me(user: str = Depends(current_user)):
    return {"user": user}
