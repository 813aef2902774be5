using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.OpenApi;

namespace Tributary.Api.OpenApi;

/// <summary>Maps routes that the OpenAPI document lists, each with the text of its operation.</summary>
/// <param name="root">Begins every path.</param>
/// <param name="codes">The codes of errors that every one of these routes can answer.</param>
internal sealed class OperationRoutes(
    IEndpointRouteBuilder app, OperationTexts texts, string root, params string[] codes)
{
    private readonly List<OperationRoute> routes = [];

    public OperationRoute Get(string path, string id, RequestDelegate handler) =>
        Map("GET", root + path, handler, texts.Of(id));

    public OperationRoute Post(string path, string id, RequestDelegate handler) =>
        Map("POST", root + path, handler, texts.Of(id));

    /// <summary>Maps a route whose text the caller brings.</summary>
    /// <exception cref="FormatException">The text does not describe the parameters of the path.</exception>
    public OperationRoute Map(string method, string path, RequestDelegate handler, OperationText text)
    {
        var described = text.Parameters
            .Where(static one => one.In == ParameterLocation.Path).Select(static one => one.Name);
        var named = RoutePatternFactory.Parse(path).Parameters.Select(static one => one.Name);
        if (!named.Order(StringComparer.Ordinal).SequenceEqual(described.Order(StringComparer.Ordinal)))
        {
            throw new FormatException(
                $"The text of the operation {text.Id} does not describe the parameters of {path}.");
        }

        var route = new OperationRoute(app.MapMethods(path, [method], handler), handler, text, codes);
        routes.Add(route);
        return route;
    }

    /// <exception cref="FormatException">A text describes more than its route has.</exception>
    public void Check() => routes.ForEach(static route => route.Check());
}
