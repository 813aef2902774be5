using Microsoft.AspNetCore.Authorization;

namespace Tributary.Api.Security;

/// <summary>What a request must fulfil; <see cref="AccessEvaluator"/> says how.</summary>
internal sealed class AccessRequirement : IAuthorizationRequirement
{
    /// <summary>The endpoint says who may call it.</summary>
    public static readonly AccessRequirement Declared = new();

    /// <summary>No page of another origin asks.</summary>
    public static readonly AccessRequirement OwnPages = new();

    /// <summary>The caller has a key, where the server has keys.</summary>
    public static readonly AccessRequirement KnownKey = new();

    private AccessRequirement()
    {
    }
}
