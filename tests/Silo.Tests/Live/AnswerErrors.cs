using System.Text.Json;

namespace Tributary.Silo.Tests.Live;

/// <summary>The last answer of a subscription that the server ends.</summary>
internal static class AnswerErrors
{
    /// <summary>
    /// Where to resume. Nothing but a stopping server, or a subscriber that is too slow, may end a subscription.
    /// </summary>
    public static string CursorOf(JsonElement answer)
    {
        Assert.True(
            answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("errors", out _), answer.ToString());
        var extensions = answer.GetProperty("errors")[0].GetProperty("extensions");
        Assert.Contains(extensions.GetProperty("code").GetString(), (string[])["stopping", "too_slow"]);
        return extensions.GetProperty("cursor").GetString()!;
    }
}
