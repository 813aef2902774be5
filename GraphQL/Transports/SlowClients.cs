using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Tributary.GraphQL.Transports;

/// <summary>
/// Lifts Kestrel's minimum rate, which cuts a connection whose client reads less than a few bytes per second. A paused
/// subscriber shall hear from its source that it was too slow and how to go on.
/// <see cref="GraphQLHttpOptions.SendTimeout"/> bounds how long it may read nothing.
/// </summary>
internal static class SlowClients
{
    public static void Allow(HttpContext http)
    {
        if (http.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate) rate.MinDataRate = null;
    }
}
