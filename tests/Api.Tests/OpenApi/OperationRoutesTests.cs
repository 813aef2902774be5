using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.OpenApi;
using Tributary.Api.OpenApi;

namespace Tributary.Api.Tests.OpenApi;

public sealed class OperationRoutesTests : IAsyncDisposable
{
    private static readonly RequestDelegate Answer = static context => context.Response.WriteAsync("seen");

    private readonly WebApplication app = WebApplication.CreateSlimBuilder().Build();

    private OperationRoutes Routes => field ??= new(app, Texts, "/root");

    private static OperationTexts Texts => OperationTexts.Read(
        [("things", "# one: One\n\nText.\n\n- `id` (path, string): The id.\n\n## Request body\n\nText.\n")],
        new Dictionary<string, int>());

    public ValueTask DisposeAsync() => app.DisposeAsync();

    [Fact]
    public void A_route_and_its_text_agree_on_the_parameters_of_the_path()
    {
        Assert.Contains("/root/things/{name}", Refusal(() => Routes.Post("/things/{name}", "one", Answer)));
        Assert.Contains("/root/things", Refusal(() => Routes.Post("/things", "one", Answer)));
        Routes.Post("/things/{**id}", "one", Answer).Takes(new OpenApiSchema(), "text/plain");
        Routes.Check();
    }

    [Fact]
    public void A_text_of_a_body_that_the_route_does_not_take_is_refused()
    {
        Routes.Post("/things/{id}", "one", Answer);

        Assert.Contains("request body", Refusal(Routes.Check));
    }

    private static string Refusal(Action action) => Assert.Throws<FormatException>(action).Message;
}
