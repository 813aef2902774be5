using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Tributary.GraphQL.Transports;

/// <summary>
/// Kestrel cuts connections whose clients read less than a few bytes per second. A subscriber that has paused is to be
/// told by its source that it was too slow, and how to go on; <see cref="GraphQLHttpOptions.SendTimeout"/> bounds how
/// long it may take nothing at all.
/// </summary>
internal static class SlowClients
{
    public static void Allow(HttpContext http)
    {
        if (http.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate) rate.MinDataRate = null;
    }
}
