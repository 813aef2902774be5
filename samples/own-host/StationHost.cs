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
        // The engine, the message intake and the configured brokers, in an Orleans silo of this host.
        builder.AddTributary(config);
        // Tributary's API, page and live feed, beside the routes below. A host may leave them out.
        builder.AddTributaryApi(config);

        var app = builder.Build();
        // Each route declares who may call it: here, everybody who may call Tributary.
        app.MapPost("/stations/{name}/readings", ReadAsync).ForCallers();
        return app;
    }

    // Passes one reading to the grain of its station.
    private static async Task<IResult> ReadAsync(string name, double celsius, IGrainFactory grains) =>
        Results.Ok(await grains.GetGrain<IStationGrain>(name).Report(celsius));
}
