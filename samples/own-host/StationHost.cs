using Tributary.Api.Security;
using Tributary.Silo.Composition;
using Tributary.Silo.Configuration;

namespace OwnHost;

/// <summary>A web application with a grain of its own, and Tributary beside it.</summary>
public static class StationHost
{
    public static WebApplication Build(SiloConfig config, params string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        // The engine, the doors and the brokers of the configuration, in an Orleans silo of this host.
        builder.AddTributary(config);
        // Tributary's API, page and live feed, beside the routes below. A host may do without.
        builder.AddTributaryApi(config);

        var app = builder.Build();
        // Who may call a route is said at the route: here, who may call Tributary's.
        app.MapPost("/stations/{name}/readings", ReadAsync).ForCallers();
        return app;
    }

    // One reading to the grain of its station, which knows what a reading is.
    private static async Task<IResult> ReadAsync(string name, double celsius, IGrainFactory grains) =>
        Results.Ok(await grains.GetGrain<IStationGrain>(name).Report(celsius));
}
