using System.Net.Http.Json;
using System.Text.Json;

namespace Tributary.Api.Tests.Support;

internal static class ProblemAssert
{
    /// <summary>
    /// The response is problem+json with this status and code, and its detail holds each of <paramref name="says"/>.
    /// </summary>
    public static async Task<JsonElement> IsProblemAsync(
        this HttpResponseMessage response, int status, string code, params string[] says)
    {
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(code, problem.GetProperty("code").GetString());
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.Equal($"urn:tributary:error:{code}", problem.GetProperty("type").GetString());
        Assert.NotEqual("", problem.GetProperty("title").GetString());
        foreach (var word in says)
            Assert.Contains(word, problem.GetProperty("detail").GetString());
        return problem;
    }
}
