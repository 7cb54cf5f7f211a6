import google.generativeai as genai
from django.conf import settings
from django.http import HttpResponseBadRequest, JsonResponse
from django.views.decorators.http import require_POST

genai.configure(api_key=settings.GEMINI_API_KEY)


@require_POST
def draft_letter(request):
    company = request.POST.get("company", "")
    topic = request.POST.get("topic", "")
    if not topic:
        return HttpResponseBadRequest("topic is missing")
    model = genai.GenerativeModel(
        "gemini-1.5-pro",
        system_instruction="You draft formal letters on behalf of %s." % company,
    )
    response = model.generate_content(topic)
    return JsonResponse({"letter": response.text})
