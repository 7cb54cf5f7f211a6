import google.generativeai as genai
from django import forms
from django.conf import settings
from django.http import HttpResponseBadRequest, JsonResponse
from django.views.decorators.http import require_POST

genai.configure(api_key=settings.GEMINI_API_KEY)

TONES = [("formal", "formal"), ("friendly", "friendly"), ("short", "short")]


class LetterForm(forms.Form):
    tone = forms.ChoiceField(choices=TONES)
    pages = forms.IntegerField(min_value=1, max_value=3)
    topic = forms.CharField(max_length=2000)


@require_POST
def draft_letter(request):
    form = LetterForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(form.errors.as_json())
    tone = form.cleaned_data["tone"]
    pages = form.cleaned_data["pages"]
    model = genai.GenerativeModel(
        "gemini-1.5-pro",
        system_instruction="You draft %s letters of %d pages." % (tone, pages),
    )
    response = model.generate_content(form.cleaned_data["topic"])
    return JsonResponse({"letter": response.text})
