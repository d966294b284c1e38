/**
 * The variable of a service's environment that lets it update itself (`1`, or not there) or not. It is kept where the
 * service is registered, so it is for whoever may install services to change.
 */
export const UPDATE_SWITCH = 'STEAD_UPDATE'
